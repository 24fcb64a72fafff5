# One static library per floor: trialwatch_floor(NAME floors-below... [LIBS libraries...]).
# Sources are all files of lib/NAME; tests/unit/floors_test checks that includes only reach down.
function(trialwatch_floor name)
  cmake_parse_arguments(FLOOR "" "" "LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${name}/*.cpp ${PROJECT_SOURCE_DIR}/lib/${name}/*/*.cpp)
  add_library(trialwatch_${name} STATIC ${sources})
  add_library(trialwatch::${name} ALIAS trialwatch_${name})
  set_target_properties(trialwatch_${name} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME trialwatch_${name})
  target_include_directories(trialwatch_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/lib> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/trialwatch>)
  foreach(below IN LISTS FLOOR_UNPARSED_ARGUMENTS)
    target_link_libraries(trialwatch_${name} PUBLIC trialwatch_${below})
  endforeach()
  target_link_libraries(trialwatch_${name} PRIVATE $<BUILD_INTERFACE:trialwatch_options> ${FLOOR_LIBS})
endfunction()
