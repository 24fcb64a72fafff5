#include "trialdir/agents.hpp"

#include <algorithm>

#include "records/documents.hpp"
#include "records/event_name.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

std::string folder(const std::string& id) {
    return layout::agents + "/" + id;
}

std::string shard_path(int shard) {
    return layout::agents_queue + "/" + layout::shard_name(shard);
}

std::string note_path(const std::string& id, const AgentNote& note) {
    return folder(id) + "/" + agent_note_name(note);
}

void take_note(const AgentNote& note, AgentFolderContents& contents) {
    switch (note.kind) {
        case AgentNote::Kind::beat: contents.beat = std::max(contents.beat, note.number); break;
        case AgentNote::Kind::drain: contents.drain = true; break;
        case AgentNote::Kind::left: contents.left = true; break;
        case AgentNote::Kind::end:
        case AgentNote::Kind::kill: contents.orders.push_back(note); break;
    }
}

}  // namespace

Status make_agent_directories(FileSystem& fs) {
    for (auto& directory : {layout::agents, layout::agents_queue})
        if (auto made = make_directory_if_absent(fs, directory); !made) return made;
    for (int shard = 0; shard < layout::shards; ++shard)
        if (auto made = make_directory_if_absent(fs, shard_path(shard)); !made) return made;
    return {};
}

int queue_shard(const TrialId& trial, const AttemptKey& key) {
    std::int64_t number = std::stoi(spool_shard(trial));
    return static_cast<int>((number + key.task) % layout::shards);
}

std::string queue_path(const AgentJobName& job) {
    return shard_path(queue_shard(job.trial, job.key)) + "/" + job_file_name(job);
}

std::string job_path(const std::string& id, const AgentJobName& job) {
    return folder(id) + "/" + job_file_name(job);
}

Status queue_job(FileSystem& fs, const AgentJobName& job, const AgentJob& content, const std::string& nonce) {
    auto text = write_agent_job(content);
    if (!text) return fail(text.error());
    std::string path = queue_path(job);
    std::string aside = parent_of(path) + "/." + name_of(path) + "." + nonce + ".tmp";
    auto made = fs.create(aside, *text);
    if (!made && made.error().code == Code::exists) {  // ours, of an earlier try
        if (auto removed = fs.remove(aside); !removed) return removed;
        made = fs.create(aside, *text);
    }
    if (!made) return made;
    auto named = fs.rename(aside, path);
    if (!named) (void)fs.remove(aside);
    return named;
}

void ring_agents(FileSystem& fs, const std::string& nonce) {
    std::string bell = layout::agents_queue + "/.bell." + nonce + ".tmp";
    (void)fs.create(bell, "");
    (void)fs.remove(bell);
}

Result<std::vector<std::string>> list_queue(FileSystem& fs, int shard) {
    std::vector<std::string> names;
    auto entries = fs.list(shard_path(shard));
    if (!entries && entries.error().code == Code::not_found) return names;
    if (!entries) return fail(entries.error());
    for (auto& entry : *entries)
        if (!is_temporary(entry.name)) names.push_back(std::move(entry.name));
    return names;
}

Result<std::vector<std::string>> list_agents(FileSystem& fs) {
    std::vector<std::string> ids;
    auto entries = fs.list(layout::agents);
    if (!entries && entries.error().code == Code::not_found) return ids;
    if (!entries) return fail(entries.error());
    for (auto& entry : *entries)
        if (is_agent_id(entry.name)) ids.push_back(entry.name);
    std::sort(ids.begin(), ids.end());
    return ids;
}

Result<AgentFolderContents> list_agent_folder(FileSystem& fs, const std::string& id) {
    auto entries = fs.list(folder(id));
    if (!entries) return fail(entries.error());
    AgentFolderContents contents;
    for (auto& entry : *entries) {
        if (auto note = parse_agent_note(entry.name))
            take_note(*note, contents);
        else if (auto job = parse_job_file_name(entry.name))
            contents.jobs.push_back(std::move(*job));
    }
    return contents;
}

Result<AgentCard> read_card(FileSystem& fs, const std::string& id) {
    std::string path = folder(id) + "/agent.json";
    auto text = read_document(fs, path, document_limit);
    if (!text) return fail(text.error());
    return read_agent_card(*text, path);
}

Status put_note(FileSystem& fs, const std::string& id, const AgentNote& note) {
    auto made = fs.create(note_path(id, note), "");
    if (!made && made.error().code == Code::exists) return {};
    return made;
}

Status remove_agent_folder(FileSystem& fs, const std::string& id, std::int64_t beat,
                           const std::set<std::string>& jobs) {
    auto entries = fs.list(folder(id));
    if (!entries) return entries.error().code == Code::not_found ? Status{} : Status(fail(entries.error()));
    auto is_new = [&](const DirectoryEntry& entry) {
        auto note = parse_agent_note(entry.name);
        bool beats = note && note->kind == AgentNote::Kind::beat && note->number > beat;
        return beats || (parse_job_file_name(entry.name) && !jobs.contains(entry.name));
    };
    if (std::any_of(entries->begin(), entries->end(), is_new))
        return fail(Code::busy, "its agent lives", folder(id));
    for (auto& entry : *entries)
        if (auto removed = remove_if_there(fs, folder(id) + "/" + entry.name); !removed) return removed;
    return fs.remove_directory(folder(id));
}

Result<AgentFolder> AgentFolder::make(FileSystem& fs, const std::string& id, const AgentCard& card) {
    if (auto ready = make_agent_directories(fs); !ready) return fail(ready.error());
    if (auto made = fs.make_directory(folder(id)); !made) return fail(made.error());
    AgentFolder own(fs, id);
    if (auto told = publish_unsynced(fs, folder(id) + "/agent.json", write_agent_card(card), id); !told)
        return fail(told.error());
    if (auto beat = own.beat(); !beat) return fail(beat.error());
    return own;
}

// One that exists is ours: an earlier try had worked.
Status AgentFolder::beat() {
    AgentNote note;
    note.number = beats_ + 1;
    auto made = fs_->create(note_path(id_, note), "");
    if (!made && made.error().code != Code::exists) return made;
    note.number = beats_++;
    if (note.number > 0) (void)fs_->remove(note_path(id_, note));
    return {};
}

Result<bool> AgentFolder::take(const AgentJobName& job) {
    auto renamed = fs_->rename(queue_path(job), job_path(id_, job));
    if (renamed) return true;
    if (renamed.error().code == Code::not_found) return false;
    return fail(renamed.error());
}

Result<AgentJob> AgentFolder::read(const AgentJobName& job) {
    auto text = read_document(*fs_, job_path(id_, job), document_limit);
    if (!text) return fail(text.error());
    return read_agent_job(*text, job_path(id_, job));
}

Status AgentFolder::hand_back(const AgentJobName& job) {
    return fs_->rename(job_path(id_, job), queue_path(job));
}

Status AgentFolder::finish(const AgentJobName& job) {
    return remove_if_there(*fs_, job_path(id_, job));
}

Status AgentFolder::obeyed(const AgentNote& order) {
    return remove_if_there(*fs_, note_path(id_, order));
}

Status AgentFolder::leave() {
    AgentNote note;
    note.kind = AgentNote::Kind::left;
    return put_note(*fs_, id_, note);
}

}  // namespace tw
