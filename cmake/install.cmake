# cmake --install, find_package(jotmill), pkg-config, and a Debian package by cpack.
#
# jotmill::jotmill is the static library, for C++, which has no stable ABI; jotmill::c the shared one, for C and all that calls C.
# A set of targets each: whoever wants jotmill::c alone needs none of the libraries behind the static one to be there.
include(CMakePackageConfigHelpers)

set(JOTMILL_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/jotmill)
install(TARGETS jotmill EXPORT jotmillCppTargets)
install(TARGETS jotmill_shared EXPORT jotmillCTargets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/include/jotmill TYPE INCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md TYPE DOC)
install(EXPORT jotmillCppTargets NAMESPACE jotmill:: DESTINATION ${JOTMILL_CMAKE_DIR})
install(EXPORT jotmillCTargets NAMESPACE jotmill:: DESTINATION ${JOTMILL_CMAKE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/jotmillConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/jotmillConfig.cmake INSTALL_DESTINATION ${JOTMILL_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/jotmillConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/jotmillConfig.cmake ${PROJECT_BINARY_DIR}/jotmillConfigVersion.cmake
        DESTINATION ${JOTMILL_CMAKE_DIR})

# The files find their prefix from where they stand, so that an installation can be moved.
file(RELATIVE_PATH JOTMILL_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(JOTMILL_PRIVATE_LIBS)
if(IPSEC_MB_INCLUDE AND IPSEC_MB_LIBRARY)
  set(JOTMILL_PRIVATE_LIBS -lIPSec_MB)
endif()
foreach(file jotmill jotmill-cpp)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}.pc.in ${PROJECT_BINARY_DIR}/${file}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jotmill)
set(CPACK_PACKAGE_VENDOR "jotmill")
set(CPACK_PACKAGE_CONTACT "the jotmill project <jotmill@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "verifies captured JSON Web Tokens in bulk, offline")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # by dpkg-shlibdeps, of the package dpkg-dev
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
# What the static library, for C++, is linked with.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libssl-dev, libtbb-dev, libsimdjson-dev, libxxhash-dev, libzstd-dev, liblzma-dev, zlib1g-dev, \
libipsec-mb-dev, pkgconf")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(CPack)
