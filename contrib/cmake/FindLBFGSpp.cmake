# Debian's liblbfgspp-dev has no CMake package. Header-only, on top of Eigen.
find_path(LBFGSpp_INCLUDE_DIR LBFGSB.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LBFGSpp REQUIRED_VARS LBFGSpp_INCLUDE_DIR)
if(LBFGSpp_FOUND AND NOT TARGET LBFGSpp::LBFGSpp)
  add_library(LBFGSpp::LBFGSpp INTERFACE IMPORTED)
  target_include_directories(LBFGSpp::LBFGSpp SYSTEM INTERFACE ${LBFGSpp_INCLUDE_DIR})
  target_link_libraries(LBFGSpp::LBFGSpp INTERFACE Eigen3::Eigen)
endif()
