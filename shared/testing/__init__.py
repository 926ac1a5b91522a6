"""What tests of rules and crises need: recordings, replays, expectations."""
