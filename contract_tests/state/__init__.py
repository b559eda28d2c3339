"""The make-believe world under the fakes: does it stay consistent?"""
