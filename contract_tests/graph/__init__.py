"""The fake of Microsoft Graph: does it tell the truth?"""
