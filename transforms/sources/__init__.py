"""One module per outside source; `SOURCES` names them for the command line."""
