# Programs, the floors that others may use (records, optimize, and base below them), pages, examples.
include(CMakePackageConfigHelpers)

install(TARGETS trialwatch trialctl trialopt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS trialwatch_fmt trialwatch_base trialwatch_records trialwatch_optimize EXPORT trialwatch
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(floor base records optimize)
  install(DIRECTORY lib/${floor}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/trialwatch/${floor}
    FILES_MATCHING PATTERN "*.hpp"
    PATTERN "*_reader.hpp" EXCLUDE PATTERN "journal_json.hpp" EXCLUDE PATTERN "graph.hpp" EXCLUDE
    PATTERN "grid*.hpp" EXCLUDE PATTERN "samplers.hpp" EXCLUDE
    PATTERN "history.hpp" EXCLUDE PATTERN "normal.hpp" EXCLUDE
    PATTERN "cmaes" EXCLUDE PATTERN "gp" EXCLUDE PATTERN "nsga2" EXCLUDE PATTERN "prune" EXCLUDE PATTERN "tpe" EXCLUDE)
endforeach()
install(EXPORT trialwatch NAMESPACE trialwatch:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/trialwatch)
configure_package_config_file(contrib/cmake/trialwatch-config.cmake.in ${PROJECT_BINARY_DIR}/trialwatch-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/trialwatch)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/trialwatch-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/trialwatch-config.cmake ${PROJECT_BINARY_DIR}/trialwatch-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/trialwatch)

install(DIRECTORY protocol DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples/minimal examples/power_flow DESTINATION ${CMAKE_INSTALL_DATADIR}/trialwatch/examples
  USE_SOURCE_PERMISSIONS PATTERN "src" EXCLUDE PATTERN "CMakeLists.txt" EXCLUDE)
if(TRIALWATCH_EXAMPLES)
  install(TARGETS power_flow_train power_flow_flow power_flow_metric RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY contrib/python contrib/optuna DESTINATION ${CMAKE_INSTALL_DATADIR}/trialwatch
  USE_SOURCE_PERMISSIONS FILES_MATCHING PATTERN "*.py" PATTERN "*.md" PATTERN "*.txt" PATTERN "__pycache__" EXCLUDE)
install(DIRECTORY contrib/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES contrib/completion/trialctl.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME trialctl)
