# cmake --install: a relocatable tree with a CMake package, pkg-config, a clang configuration file, man page, shell
# completion; CPack makes a Debian package of it.
include(CMakePackageConfigHelpers)
set(_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Cordon")
set(_cordon_dir "${CMAKE_INSTALL_LIBDIR}/cordon")

install(TARGETS Cordon LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
set_target_properties(cordon PROPERTIES INSTALL_RPATH "${LLVM_LIBRARY_DIR}")
install(TARGETS cordon RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${CMAKE_SOURCE_DIR}/include/cordon" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${CMAKE_SOURCE_DIR}/utils/man/cordon.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES "${CMAKE_SOURCE_DIR}/utils/completion/cordon"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")

# The clang configuration file finds everything from where it lies.
file(RELATIVE_PATH _up_to_include "/${_cordon_dir}" "/${CMAKE_INSTALL_INCLUDEDIR}")
set(CORDON_CFG_PLUGIN "<CFGDIR>/../libCordon.so")
set(CORDON_CFG_INCLUDE "<CFGDIR>/${_up_to_include}")
set(CORDON_CFG_LIBDIR "<CFGDIR>/..")
configure_file("${CMAKE_SOURCE_DIR}/utils/cmake/cordon.cfg.in" "${CMAKE_BINARY_DIR}/install/cordon.cfg" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/install/cordon.cfg" DESTINATION "${_cordon_dir}")

# find_package(Cordon), target_enable_cordon(target ARCHS 75 90).
configure_package_config_file("${CMAKE_SOURCE_DIR}/utils/cmake/CordonConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/install/CordonConfig.cmake" INSTALL_DESTINATION "${_package_dir}"
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/install/CordonConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/install/CordonConfig.cmake" "${CMAKE_BINARY_DIR}/install/CordonConfigVersion.cmake"
  DESTINATION "${_package_dir}")

# pkg-config, relative to the .pc file.
file(RELATIVE_PATH CORDON_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" CORDON_PC_PREFIX "${CORDON_PC_PREFIX}")
configure_file("${CMAKE_SOURCE_DIR}/utils/cmake/cordon.pc.in" "${CMAKE_BINARY_DIR}/install/cordon.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/install/cordon.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cordon)
set(CPACK_PACKAGE_CONTACT "The Cordon developers <cordon@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "LLVM pass plugins that split host and GPU device code")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libllvm${CORDON_LLVM_MAJOR}, libc6, libstdc++6")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "clang-${CORDON_LLVM_MAJOR}")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
include(CPack)
