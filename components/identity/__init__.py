"""Who a workload is: one principal a workload and team, with exactly the rights that it needs."""
