# Compiler switches as interface targets: every target of ours links trialwatch_options.
add_library(trialwatch_options INTERFACE)
target_compile_options(trialwatch_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
  -Wno-restrict) # GCC 12 sees overlaps in std::string's operator+ that are none (GCC bug 105651)
target_compile_definitions(trialwatch_options INTERFACE
  SPDLOG_FMT_EXTERNAL=1 TRIALWATCH_VERSION="${PROJECT_VERSION}")
if(TRIALWATCH_WERROR)
  target_compile_options(trialwatch_options INTERFACE -Werror)
endif()
if(TRIALWATCH_SANITIZE)
  target_compile_options(trialwatch_options INTERFACE
    -fsanitize=${TRIALWATCH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    -Wno-maybe-uninitialized) # GCC 12 sees some in <regex> under a sanitizer that are none (GCC bug 105562)
  target_link_options(trialwatch_options INTERFACE -fsanitize=${TRIALWATCH_SANITIZE})
endif()
if(TRIALWATCH_STATIC)
  target_link_options(trialwatch_options INTERFACE -static)
endif()

# spdlog without its link to the shared libfmt: spdlog is used header-only.
add_library(trialwatch_spdlog INTERFACE)
target_include_directories(trialwatch_spdlog SYSTEM INTERFACE
  $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
