// The spool: events as names of empty files in 16 directories. protocol/06-claims-spool-attempts.md.
#pragma once

#include <string>
#include <vector>

#include "ports/filesystem.hpp"
#include "records/event_name.hpp"

namespace tw {

struct SpooledEvent {
    SpoolEvent event;
    std::string path;
};

struct SpoolContents {
    std::vector<SpooledEvent> events;  // in no order
    std::vector<std::string> strange;  // paths whose names follow no grammar: reported, left alone
};

class Spool {
public:
    explicit Spool(FileSystem& fs) : fs_(fs) {}

    Status make_directories();

    // Lists all shards. A name that was returned before and is still there is returned again; the
    // caller removes it after journalling.
    Result<SpoolContents> read();

    Status post(const SpoolEvent& event);
    Status remove(const SpooledEvent& event);
    Instant time_of(const SpooledEvent& event, Instant otherwise);

private:
    FileSystem& fs_;
};

}  // namespace tw
