"""What the contract tests ask of the fakes: every operation and every refusal, with the evidence and the tests."""
