"""Measurements: of vedlys beside other engines, of its bars and of its growth. None of them is a test.

make bench
PYTHONPATH=tests .venv-bench/bin/python -m benchmarks --help
"""
