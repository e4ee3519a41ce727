"""Generated kernels, one file per family; see `likelihood_kit.families.generate`."""
