# A room of the engine is an object library that sees only what its arrows allow; a test links the rooms it names.

# jm_room(NAME SOURCES... [LIBS lib...]): engine/NAME -> object library jm_NAME, part of the library jotmill.
function(jm_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LIBS" ${ARGN})
  add_library(jm_${name} OBJECT ${ROOM_SOURCES})
  target_include_directories(jm_${name} PUBLIC ${PROJECT_SOURCE_DIR}/engine/include
                             PRIVATE ${PROJECT_SOURCE_DIR}/engine)
  target_link_libraries(jm_${name} PRIVATE jotmill_flags ${ROOM_LIBS})
  set_property(GLOBAL APPEND PROPERTY JOTMILL_ROOMS jm_${name})
  set_property(GLOBAL APPEND PROPERTY JOTMILL_ROOM_LIBS ${ROOM_LIBS})
endfunction()

# jm_test(NAME SOURCES... [ROOMS room...] [LIBS lib...]): a Catch2 program, registered with ctest under NAME.
# ROOMS links single rooms (a room's own tests build without the others); without ROOMS it links the whole library;
# NO_ENGINE links nothing of the engine (the tests of the oracle).
function(jm_test name)
  if(NOT JOTMILL_TESTS)
    return()
  endif()
  cmake_parse_arguments(TEST "NO_ENGINE" "" "SOURCES;ROOMS;LIBS" ${ARGN})
  # Catch2's main takes longer to compile than most tests: once for all of them, its own warnings (g++ with ASan) left aside.
  if(NOT TARGET jm_catch_main)
    add_library(jm_catch_main OBJECT ${PROJECT_SOURCE_DIR}/tests/support/catch_main.cc)
    target_link_libraries(jm_catch_main PRIVATE jotmill_flags Catch2::Catch2)
    target_compile_options(jm_catch_main PRIVATE -w)
  endif()
  add_executable(${name} ${TEST_SOURCES} $<TARGET_OBJECTS:jm_catch_main>)
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)  # each file of tests has helpers of its own
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/engine ${PROJECT_SOURCE_DIR}/engine/include
                             ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR})
  set(rooms ${TEST_ROOMS})
  list(TRANSFORM rooms PREPEND jm_)
  if(rooms)
    get_property(room_libs GLOBAL PROPERTY JOTMILL_ROOM_LIBS)
    foreach(room ${rooms})
      target_link_libraries(${name} PRIVATE ${room})
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:${room}>)
    endforeach()
  elseif(NOT TEST_NO_ENGINE)
    target_link_libraries(${name} PRIVATE jotmill)
  endif()
  target_link_libraries(${name} PRIVATE jotmill_flags ${TEST_LIBS} Catch2::Catch2 Threads::Threads)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "JOTMILL_SOURCE_DIR=${PROJECT_SOURCE_DIR};JOTMILL_BINARY=$<TARGET_FILE:jotmill_cli>")
endfunction()
