"""The fake of Azure Resource Manager, asked over HTTP."""
