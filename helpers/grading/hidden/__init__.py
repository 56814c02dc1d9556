"""The hidden cases: a module for each chapter (every chapter).

The process in which a hand-in runs does not have this folder, and the copies for students do not.
"""
