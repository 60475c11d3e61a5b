"""More than one machine: a driver, a Dask cluster's workers, and lanes below these."""
