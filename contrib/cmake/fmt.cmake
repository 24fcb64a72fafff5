# fmt, compiled once. Debian's libfmt-dev has a shared library, which the machines that jobs run on may lack, and the
# headers alone, which each file that formats anything would compile anew: four seconds of it.
add_library(trialwatch_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
target_include_directories(trialwatch_fmt SYSTEM PUBLIC
  $<BUILD_INTERFACE:$<TARGET_PROPERTY:fmt::fmt-header-only,INTERFACE_INCLUDE_DIRECTORIES>>)
if(NOT fmt_VERSION MATCHES "^9\\.") # what is to be compiled differs from one version to the next
  target_compile_definitions(trialwatch_fmt PUBLIC FMT_HEADER_ONLY=1)
endif()
