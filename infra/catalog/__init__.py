"""The fact table: machines, fabrics, prices, regions; every row has a source."""
