"""Files that hold arrays: NumPy, pickles such as CIFAR's, IDX and HDF5, alone or in archives and folders."""
