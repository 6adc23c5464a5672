// clang's CUDA headers include this file of the cuRAND library, which toolkits from PyPI do not have. Nothing uses it here.
