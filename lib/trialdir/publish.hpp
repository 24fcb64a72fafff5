// Durable, exclusive publication: protocol/03-publication-reading.md.
#pragma once

#include <string>
#include <string_view>

#include "ports/filesystem.hpp"

namespace tw {

// Makes `path` appear with all of `bytes`, or not at all: temporary name, fsync, link, fsync of the
// directory. Code::exists when the name is taken (its bytes stay). `nonce` tells writers apart
// (letters, digits, '.', '-'); a left-over of the same nonce is overwritten.
Status publish(FileSystem& fs, const std::string& path, std::string_view bytes, const std::string& nonce);

// The same without the two syncs, for facts that the journal holds already; the caller's next
// sync_all() makes them durable.
Status publish_unsynced(FileSystem& fs, const std::string& path, std::string_view bytes,
                        const std::string& nonce);

// link(), except that an error after which `to` turns out to be `from` is a success: on NFS the answer
// to a link that happened may be lost. Where there are no hard links it renames, if the name is free.
Status link_surely(FileSystem& fs, const std::string& from, const std::string& to);

Status remove_if_there(FileSystem& fs, const std::string& path);
Status make_directory_if_absent(FileSystem& fs, const std::string& path);

// Removes a directory and what is in it. Errors name the first thing that stays.
Status remove_tree(FileSystem& fs, const std::string& path);

// Whether the parent's listing has it; an error where it cannot be listed, for that proves nothing.
Result<bool> listed(FileSystem& fs, const std::string& path);

// By listing the parent: a name that was looked up before it existed stays invisible to stat on NFS.
bool is_listed(FileSystem& fs, const std::string& path);

// The parent was listed, and does not hold it. A listing that fails proves nothing.
bool is_surely_gone(FileSystem& fs, const std::string& path);

// Whole document up to `limit` bytes; a longer one is Code::invalid. What is listed and yet not found by its name is
// Code::stale: a network client remembers an absence that is over.
Result<std::string> read_document(FileSystem& fs, const std::string& path, std::int64_t limit);

std::string parent_of(const std::string& path);
std::string name_of(const std::string& path);

}  // namespace tw
