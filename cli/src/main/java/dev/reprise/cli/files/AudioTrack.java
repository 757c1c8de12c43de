package dev.reprise.cli.files;

import java.nio.file.Path;

/**
 * An audio file to analyse.
 *
 * @param id track id, unique among the tracks of one command
 * @param file its absolute path, which may lead through symbolic links
 */
public record AudioTrack(String id, Path file) {}
