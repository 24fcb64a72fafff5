// Facts in names and in one line.
#include "base/text.hpp"
#include "fuzz/check.hpp"
#include "fuzz/readers.hpp"
#include "records/agent_files.hpp"
#include "records/event_name.hpp"
#include "records/pool_entry.hpp"

namespace tw::fuzz {

namespace {

void look_at_event_name(const std::string& name) {
    const auto found = parse_event_name(name);
    if (!found) return (void)checked(found.error(), "");
    demand(event_name(*found) == name, "written back it is '" + event_name(*found) + "'");
    demand(!is_temporary(name), "a temporary name is an event's");
    const std::string shard = spool_shard(found->trial);
    demand(shard.size() == 2 && shard >= "00" && shard <= "15", "a shard that is not there: " + shard);
}

void look_at_agent_name(const std::string& name) {
    if (const auto job = parse_job_file_name(name))
        demand(job_file_name(*job) == name, "written back it is '" + job_file_name(*job) + "'");
    else
        (void)checked(job.error(), "");
    if (const auto note = parse_agent_note(name))
        demand(agent_note_name(*note) == name, "written back it is '" + agent_note_name(*note) + "'");
    if (const auto entry = parse_pool_entry(name))
        demand(pool_entry_name(*entry) == name, "written back it is '" + pool_entry_name(*entry) + "'");
    demand(!is_agent_id(name) || !is_temporary(name), "a temporary name is an agent's");
}

void look_at_name(const std::string& name) {
    look_at_event_name(name);
    look_at_agent_name(name);
    if (const auto key = AttemptKey::parse(name))
        demand(key->name() == name, "written back it is '" + key->name() + "'");
    else
        (void)checked(key.error(), "");
    if (const Status trial = check_trial_id(name); !trial)
        (void)checked(trial.error(), "");
    else
        demand(name.find_first_of("./@ \n") == name.npos && !is_temporary(name), "a name that would not do");
    if (const Status stage = check_stage_name(name); !stage) (void)checked(stage.error(), "");
}

}  // namespace

std::optional<Code> names(const std::string& bytes) {
    for (const std::string& name : split(bytes, '\n')) look_at_name(name);
    look_at_name(bytes);
    return {};
}

std::optional<Code> claim(const std::string& bytes) {
    const auto found = parse_claim(bytes);
    if (!found) return checked(found.error(), "");
    demand(bytes.back() == '\n', "a claim without its end was taken");
    const std::string line = found->voided ? "void"
                                           : join({found->host, found->boot_id, std::to_string(found->pid),
                                                   std::to_string(found->start_time), found->nonce},
                                                  " ");
    demand(line + "\n" == bytes, "written back it is '" + line + "'");
    return {};
}

}  // namespace tw::fuzz
