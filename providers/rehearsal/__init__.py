"""Stand-in clouds: any Pulumi stack runs through the real engine with no account and no network."""
