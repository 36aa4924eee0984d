"""Reports: figures, statistics and tables from what runs reported. Pure: data in, result out."""
