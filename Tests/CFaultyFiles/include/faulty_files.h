// Nothing to be called: the library is loaded before others (ld.so(8), LD_PRELOAD).
