# cmake --install, find_package(jotmill), pkg-config, and a Debian package by cpack.
#
# jotmill::c is the shared library, for the C interface; jotmill::jotmill the static one, for C++ (which has no stable ABI).
include(CMakePackageConfigHelpers)

install(TARGETS jotmill jotmill_shared EXPORT jotmillTargets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/engine/include/jotmill TYPE INCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE TYPE DOC)
set(JOTMILL_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/jotmill)
install(EXPORT jotmillTargets NAMESPACE jotmill:: DESTINATION ${JOTMILL_CMAKE_DIR})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/jotmillConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/jotmillConfig.cmake INSTALL_DESTINATION ${JOTMILL_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/jotmillConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/jotmillConfig.cmake ${PROJECT_BINARY_DIR}/jotmillConfigVersion.cmake
        DESTINATION ${JOTMILL_CMAKE_DIR})
# The file finds its prefix from where it stands, so that an installation can be moved.
file(RELATIVE_PATH JOTMILL_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/jotmill.pc.in ${PROJECT_BINARY_DIR}/jotmill.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/jotmill.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jotmill)
set(CPACK_PACKAGE_VENDOR "jotmill")
set(CPACK_PACKAGE_CONTACT "the jotmill project")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "verifies captured JSON Web Tokens in bulk, offline")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "the jotmill project <jotmill@localhost>")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # by dpkg-shlibdeps, of the package dpkg-dev
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(CPack)
