#include "trialdir/spool.hpp"

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

Status Spool::make_directories() {
    if (auto made = make_directory_if_absent(fs_, layout::spool); !made) return made;
    for (int shard = 0; shard < layout::shards; ++shard) {
        auto made = make_directory_if_absent(fs_, layout::spool + "/" + layout::shard_name(shard));
        if (!made) return made;
    }
    return {};
}

Result<SpoolContents> Spool::read() {
    SpoolContents contents;
    for (int shard = 0; shard < layout::shards; ++shard) {
        std::string directory = layout::spool + "/" + layout::shard_name(shard);
        auto entries = fs_.list(directory);
        if (!entries) return fail(entries.error());
        for (auto& entry : *entries) {
            if (is_temporary(entry.name)) continue;
            std::string path = directory + "/" + entry.name;
            auto event = parse_event_name(entry.name);
            if (event)
                contents.events.push_back({std::move(*event), std::move(path)});
            else
                contents.strange.push_back(std::move(path));
        }
    }
    return contents;
}

Status Spool::post(const SpoolEvent& event) {
    return fs_.create(layout::spool + "/" + spool_shard(event.trial) + "/" + event_name(event), "");
}

Status Spool::remove(const SpooledEvent& event) {
    return remove_if_there(fs_, event.path);
}

Instant Spool::time_of(const SpooledEvent& event, Instant otherwise) {
    auto stat = fs_.stat(event.path);
    return stat ? stat->modified : otherwise;
}

}  // namespace tw
