# cmake -DIN=FILE -DOUT=FILE -P embed.cmake: the bytes of IN as a comma-separated list.
file(READ "${IN}" bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "${bytes}\n")
