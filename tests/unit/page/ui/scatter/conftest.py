from scatter_fixtures import plot_server, scatter, scatter_phone  # noqa: F401
