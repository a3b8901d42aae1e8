"""Parts that the pages share: settings, filters, data access, states and downloads."""
