"""The architecture zoo: what each network is, how it is built, and what every layer of it does."""
