"""The sliver of Azure Resource Manager that a sign-in asks for: tenants, no subscriptions, a cloud's endpoints."""
