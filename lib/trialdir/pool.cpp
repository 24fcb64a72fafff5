#include "trialdir/pool.hpp"

#include <algorithm>

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

using State = PoolEntry::State;

std::string path_of(const PoolEntry& entry) {
    return layout::agents_pool + "/" + pool_entry_name(entry);
}

bool before(const PoolEntry& a, const PoolEntry& b) {
    return std::pair(a.number, -static_cast<int>(a.state)) < std::pair(b.number, -static_cast<int>(b.state));
}

bool same_number(const PoolEntry& a, const PoolEntry& b) {
    return a.number == b.number;
}

}  // namespace

Result<std::vector<PoolEntry>> list_pool(FileSystem& fs) {
    std::vector<PoolEntry> pool;
    auto files = fs.list(layout::agents_pool);
    if (!files && files.error().code == Code::not_found) return pool;
    if (!files) return fail(files.error());
    for (auto& file : *files)
        if (auto entry = parse_pool_entry(file.name)) pool.push_back(std::move(*entry));
    std::sort(pool.begin(), pool.end(), before);
    pool.erase(std::unique(pool.begin(), pool.end(), same_number), pool.end());
    return pool;
}

Status add_to_pool(FileSystem& fs, const PoolEntry& entry) {
    for (auto& directory : {layout::agents, layout::agents_pool})
        if (auto made = make_directory_if_absent(fs, directory); !made) return made;
    if (auto made = fs.create(path_of(entry), ""); !made) return made;
    return fs.sync(layout::agents_pool);
}

Result<bool> change_in_pool(FileSystem& fs, PoolEntry& entry, State state) {
    PoolEntry changed = entry;
    changed.state = state;
    auto renamed = fs.rename(path_of(entry), path_of(changed));
    if (!renamed && renamed.error().code == Code::not_found) return false;
    if (!renamed) return fail(renamed.error());
    entry = changed;
    return true;
}

Status remove_from_pool(FileSystem& fs, const PoolEntry& entry) {
    return remove_if_there(fs, path_of(entry));
}

std::string pool_log(std::int64_t number) {
    return layout::agents_pool + "/" + std::to_string(number) + ".log";
}

// A rename that was done and whose answer was lost looks like one that came too late: the second look tells.
Result<std::optional<PoolPlace>> PoolPlace::take(FileSystem& fs, std::int64_t number,
                                                 const std::string& agent) {
    for (int look = 0; look < 2; ++look) {
        auto pool = list_pool(fs);
        if (!pool) return fail(pool.error());
        auto own =
            std::find_if(pool->begin(), pool->end(), [&](auto& entry) { return entry.number == number; });
        if (own == pool->end() || (own->state != State::wanted && own->state != State::begun)) break;
        PoolEntry begun{number, own->backend, State::begun, agent};
        if (*own == begun) return PoolPlace(begun);
        if (fs.rename(path_of(*own), path_of(begun))) return PoolPlace(begun);
    }
    return std::optional<PoolPlace>{};
}

bool PoolPlace::stays(FileSystem& fs, int least) const {
    auto pool = list_pool(fs);
    if (!pool) return true;  // nobody knows
    auto earlier = std::count_if(pool->begin(), pool->end(), [&](auto& entry) {
        return entry.number < entry_.number && (entry.state == State::wanted || entry.state == State::begun);
    });
    return earlier < least;
}

void PoolPlace::leave(FileSystem& fs, bool unused) {
    (void)change_in_pool(fs, entry_, unused ? State::unused : State::left);
}

}  // namespace tw
