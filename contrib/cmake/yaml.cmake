# Debian's CMake package of yaml-cpp knows the shared library alone; programs that are copied elsewhere take the static one.
find_package(yaml-cpp REQUIRED)
find_library(YAML_CPP_STATIC libyaml-cpp.a REQUIRED)
add_library(yaml-cpp::static STATIC IMPORTED)
set_target_properties(yaml-cpp::static PROPERTIES IMPORTED_LOCATION ${YAML_CPP_STATIC}
  INTERFACE_INCLUDE_DIRECTORIES "$<TARGET_PROPERTY:yaml-cpp,INTERFACE_INCLUDE_DIRECTORIES>")
