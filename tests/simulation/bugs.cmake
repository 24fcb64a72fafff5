# Bugs that the simulation must find: each is one piece of the real source, written otherwise.
#
# That one is found is enough: making its story short would take most of the time (--whole).
# The changed file is compiled into a program of its own; what it defines is then not taken from the library.

# plant_bug(NAME FILE OLD NEW): OLD stands exactly once in FILE.
function(plant_bug name file old new)
  set(source ${PROJECT_SOURCE_DIR}/lib/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} text)
  string(REPLACE "${old}" "" without "${text}")
  string(LENGTH "${text}" whole)
  string(LENGTH "${without}" rest)
  string(LENGTH "${old}" part)
  math(EXPR once "${whole} - ${rest} - ${part}")
  if(NOT once EQUAL 0)
    message(FATAL_ERROR "the bug '${name}' cannot be planted: lib/${file} has changed")
  endif()
  string(REPLACE "${old}" "${new}" text "${text}")
  get_filename_component(base ${file} NAME)
  set(planted ${CMAKE_CURRENT_BINARY_DIR}/bugs/${name}/${base})
  file(CONFIGURE OUTPUT ${planted} CONTENT "${text}" @ONLY)
  add_executable(simulate_${name} $<TARGET_OBJECTS:simulation_program> ${planted})
  target_link_libraries(simulate_${name} PRIVATE simulation_main nlohmann_json::nlohmann_json)
  add_test(NAME simulation_finds_${name} COMMAND simulate_${name} --count 1000 --jobs 1 --whole --expect-violation)
  set_tests_properties(simulation_finds_${name} PROPERTIES LABELS simulation COST 200 TIMEOUT 3600)
endfunction()

# Of two segments the older one is read.
plant_bug(journal trialdir/journal.cpp [[layout::epoch(epochs->back())]] [[layout::epoch(epochs->front())]])
# A claim that somebody has counts as given up.
plant_bug(claims trialdir/claims.cpp [[    return Voided::taken;
]] [[    return Voided::done;
]])
# An owner that was overtaken acts on.
plant_bug(takeover app/books.cpp [[    if (*overtaken)
]] [[    if (false)
]])
# The backends are asked after the spool was read: a job that ends in between is missing and was not heard.
plant_bug(spool app/watcher.cpp [[    if (poll) intake_.look_for_jobs();
    intake_.read_spool([this](auto& ending) { return take_stops(ending); });
]] [[    intake_.read_spool([this](auto& ending) { return take_stops(ending); });
    if (poll) intake_.look_for_jobs();
]])
# An array's directory that cannot be listed counts as empty.
plant_bug(array trialdir/match_inputs.cpp [[    if (!entries && entries.error().code == Code::not_found) return {};
]] [[    if (!entries) return {};
]])
# A request's file goes before the journal has it.
plant_bug(requests app/sweep_requests.cpp [[    if (!stays) desk_.acts.spent.insert(path);
]] [[    if (!stays) (void)remove_if_there(desk_.ports.fs, path);
]])
# The number of a trial whose directory is being made anew counts as free.
plant_bug(optimizer app/trial_book.cpp [[    for (auto& id : listing->aside) free_number_ = std::max(free_number_, number_after(id));
]] "")
# Who fails again waits no longer than the first time.
plant_bug(backoff lifecycle/step.cpp [[doubled(limits.infra_delay, task.uncounted - 1, Seconds(600))]] [[limits.infra_delay]])
# An agent does not look into its own folder: a job whose claim was not answered lies there for ever.
plant_bug(own_folder app/agent/agent.cpp [[        if (!jobs_.contains(ref_of(job))) start(job);
]] "")
# An agent removes the job's file when it starts it, not when nothing of it lives any more.
plant_bug(early_file app/agent/agent.cpp [[    runner_.start(name, *content);
]] [[    runner_.start(name, *content);
    (void)folder_.finish(name);
]])
# An agent tells a job to end and does not say that it did.
plant_bug(eviction app/agent/agent.cpp [[auto posted = spool_.post(event)]] [[auto posted = Status{}]])
# That an agent is silent counts as the death of its jobs.
plant_bug(silence batch/agents/agents_scheduler.cpp [[{EndCause::node, 0, left, why}]] [[{EndCause::node, 0, true, why}]])
# Nobody is held for dead.
plant_bug(patience batch/agents/agent_pool.cpp [[    return agent.still > longest_silence(silence_, beat);
]] [[    return agent.still > 1e6 * longest_silence(silence_, beat);
]])
