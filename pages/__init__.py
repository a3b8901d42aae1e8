"""The pages of the dashboard and what they are made of."""
