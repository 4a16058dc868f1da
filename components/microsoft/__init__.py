"""What the Azure backends share: names and ids, rights, and storage accounts as we want each of them."""
