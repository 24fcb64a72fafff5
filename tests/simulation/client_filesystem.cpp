#include "simulation/client_filesystem.hpp"

#include <fmt/format.h>

#include "trialdir/publish.hpp"

namespace tw::simulation {

namespace {

constexpr double longest_memory = 60;  // acdirmax, nfs(5)

Error error_of(Code code, const char* op, const std::string& path) {
    return {code, fmt::format("cannot {} {}: simulated", op, path), path, {}, 0, {}};
}

const char* name_of_code(Code code) {
    switch (code) {
        case Code::no_space: return "ENOSPC";
        case Code::stale: return "ESTALE";
        case Code::exists: return "EEXIST";
        case Code::not_found: return "ENOENT";
        default: return "EIO";
    }
}

}  // namespace

ClientFileSystem::ClientFileSystem(Process& process, Witness& witness)
    : process_(process), witness_(witness), disk_(process.world.disk) {}

bool ClientFileSystem::dies(const char* op, const std::string& path, bool after) {
    World& world = process_.world;
    if (!process_.mortal) return false;
    return world.fault(process_.dice, For::kill, world.profile.kill / 2, [&] {
        return fmt::format("{} is killed {} {} {}", process_.name, after ? "after" : "before", op, path);
    });
}

// Something else may happen before each call. An error: this call fails.
std::optional<Error> ClientFileSystem::begin(const char* op, const std::string& path, bool changes) {
    if (process_.dying()) return error_of(Code::io, op, path);  // its stack is being unwound
    World& world = process_.world;
    ++world.calls;
    if (process_.dice.chance(For::interleave, world.profile.interleave)) {
        bool hangs = process_.mortal && world.fault(process_.dice, For::stall, world.profile.stall, [&] {
            return fmt::format("{} hangs before {} {}", process_.name, op, path);
        });
        process_.pause(hangs ? process_.dice.between(For::pace, 30, 900) : process_.dice.between(For::pace, 0, 0.2));
    }
    if (dies(op, path, false)) process_.die();
    if (!process_.mortal) return std::nullopt;
    Code code = Code::io;
    bool fails = world.fault(process_.dice, For::failure, world.profile.failure, [&] {
        Code codes[] = {Code::io, Code::stale, Code::no_space};
        code = codes[process_.dice.pick(For::code, changes ? 3 : 2)];
        return fmt::format("{}: {} {} fails with {}", process_.name, op, path, name_of_code(code));
    });
    return fails ? std::optional(error_of(code, op, path)) : std::nullopt;
}

void ClientFileSystem::end(const char* op, const std::string& path) {
    disk_.accesses.clear();
    if (dies(op, path, true)) process_.die();
}

template <class Call>
auto ClientFileSystem::look(const char* op, const std::string& path, Call call) -> decltype(call()) {
    if (auto error = begin(op, path, false)) return fail(*error);
    auto result = call();
    end(op, path);
    return result;
}

// `lie`: what a repeated request is answered when the first one's answer was lost.
template <class Call>
Status ClientFileSystem::change(const char* op, const std::string& path, Code lie, Call call) {
    if (auto error = begin(op, path, true)) return fail(*error);
    Status result = call();
    if (result) forget(path);
    if (!result && result.error().code == Code::not_found) remember(path, fail(result.error()));
    World& world = process_.world;
    Code code = lie;
    bool lies = result && process_.mortal && world.fault(process_.dice, For::lie, world.profile.lie, [&] {
        if (process_.dice.chance(For::code, 0.3)) code = Code::io;
        return fmt::format("{}: {} {} works and says {}", process_.name, op, path, name_of_code(code));
    });
    end(op, path);
    return lies ? Status(fail(error_of(code, op, path))) : result;
}

const Memory* ClientFileSystem::remembered(const std::string& path) {
    auto& memories = process_.machine.memories;
    auto found = memories.find(path);
    if (found == memories.end()) return nullptr;
    if (found->second.until > process_.world.now()) return &found->second;
    memories.erase(found);
    return nullptr;
}

void ClientFileSystem::remember(const std::string& path, const Result<FileStat>& stat) {
    if (!process_.world.profile.caches) return;
    double until = process_.world.now() + process_.dice.between(For::cache, 0, longest_memory);
    process_.machine.memories.insert_or_assign(path, Memory{stat, until});
}

// A client knows what it changed itself; what is below a renamed directory, too.
void ClientFileSystem::forget(const std::string& path) {
    auto& memories = process_.machine.memories;
    memories.erase(parent_of(path));
    for (auto at = memories.lower_bound(path); at != memories.end() && at->first.starts_with(path);) at = memories.erase(at);
}

Result<std::vector<DirectoryEntry>> ClientFileSystem::list(const std::string& directory) {
    return look("list", directory, [&] {
        process_.machine.memories.erase(directory);  // opening it asks the server
        witness_.listed(process_, directory);
        return disk_.list(directory);
    });
}

Result<FileStat> ClientFileSystem::stat(const std::string& path) {
    return look("stat", path, [&]() -> Result<FileStat> {
        if (auto memory = remembered(path)) return memory->stat;
        auto stat = disk_.stat(path);
        if (stat || stat.error().code == Code::not_found) remember(path, stat);
        return stat;
    });
}

// Opening asks the server, but for a name that is remembered as missing.
Result<std::string> ClientFileSystem::read(const std::string& path, std::int64_t offset, std::int64_t limit) {
    return look("read", path, [&]() -> Result<std::string> {
        auto memory = remembered(path);
        if (memory && !memory->stat) return fail(memory->stat.error());
        auto text = disk_.read(path, offset, limit);
        if (!text && text.error().code == Code::not_found) remember(path, fail(text.error()));
        return text;
    });
}

Status ClientFileSystem::create(const std::string& path, std::string_view bytes, std::uint32_t mode) {
    return change("create", path, Code::exists, [&] {
        auto made = disk_.create(path, bytes, mode);
        if (made) witness_.appeared(process_, path);
        return made;
    });
}

class ClientAppender final : public Appender {
public:
    ClientAppender(ClientFileSystem& fs, std::unique_ptr<Appender> file, std::string path)
        : fs_(fs), file_(std::move(file)), path_(std::move(path)) {}

    Status append(std::string_view bytes) override {
        return fs_.change("append to", path_, Code::io, [&] {
            World& world = fs_.process_.world;
            bool torn = world.fault(fs_.process_.dice, For::torn, world.profile.torn, [&] {
                return fmt::format("{}: only a part of an append to {} is written", fs_.process_.name, path_);
            });
            if (!torn) return file_->append(bytes);
            (void)file_->append(bytes.substr(0, fs_.process_.dice.bits(For::torn) % (bytes.size() + 1)));
            return Status(fail(error_of(Code::no_space, "append to", path_)));
        });
    }
    Status sync() override {
        return fs_.change("sync", path_, Code::io, [&] { return file_->sync(); });
    }

private:
    ClientFileSystem& fs_;
    std::unique_ptr<Appender> file_;
    std::string path_;
};

Result<std::unique_ptr<Appender>> ClientFileSystem::create_appender(const std::string& path) {
    std::unique_ptr<Appender> file;
    Status made = change("create", path, Code::exists, [&]() -> Status {
        auto created = disk_.create_appender(path);
        if (!created) return fail(created.error());
        file = std::move(*created);
        witness_.appeared(process_, path);
        return {};
    });
    if (!made) return fail(made.error());
    return std::make_unique<ClientAppender>(*this, std::move(file), path);
}

Status ClientFileSystem::append_line(const std::string& path, std::string_view line) {
    return change("append to", path, Code::io, [&] { return disk_.append_line(path, line); });
}

Status ClientFileSystem::make_directory(const std::string& path) {
    return change("make directory", path, Code::exists, [&] {
        auto made = disk_.make_directory(path);
        if (made) witness_.appeared(process_, path);
        return made;
    });
}

Status ClientFileSystem::link(const std::string& from, const std::string& to) {
    return change("link", to, Code::exists, [&] {
        auto linked = disk_.link(from, to);
        if (linked) witness_.appeared(process_, to);
        return linked;
    });
}

Status ClientFileSystem::symlink(const std::string& target, const std::string& path) {
    return change("symlink", path, Code::exists, [&] { return disk_.symlink(target, path); });
}

Status ClientFileSystem::rename(const std::string& from, const std::string& to) {
    return change("rename to", to, Code::not_found, [&] {
        auto renamed = disk_.rename(from, to);
        if (!renamed) return renamed;
        forget(from);
        witness_.vanished(process_, from);
        witness_.appeared(process_, to);
        return renamed;
    });
}

Status ClientFileSystem::remove(const std::string& path) {
    return change("remove", path, Code::not_found, [&] {
        auto removed = disk_.remove(path);
        if (removed) witness_.vanished(process_, path);
        return removed;
    });
}

Status ClientFileSystem::remove_directory(const std::string& path) {
    return change("remove directory", path, Code::not_found, [&] {
        auto removed = disk_.remove_directory(path);
        if (removed) witness_.vanished(process_, path);
        return removed;
    });
}

Status ClientFileSystem::sync(const std::string& path) {
    return look("sync", path, [&] { return disk_.sync(path); });
}

Status ClientFileSystem::sync_all() {
    return look("sync", "everything", [&] { return disk_.sync_all(); });
}

Result<std::int64_t> ClientFileSystem::free_bytes() {
    return look("ask for room in", "the disk", [&] { return disk_.free_bytes(); });
}

}  // namespace tw::simulation
