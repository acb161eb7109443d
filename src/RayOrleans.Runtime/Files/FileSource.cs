namespace RayOrleans.Runtime.Files;

/// <summary>A file of an environment where it is submitted, or a folder.</summary>
/// <param name="Path">Where it is; null: it is a folder.</param>
/// <param name="Length">Its length when it was listed.</param>
/// <param name="IsExecutable">Whether it can be run.</param>
internal sealed record FileSource(string? Path, long Length, bool IsExecutable)
{
    /// <summary>A folder.</summary>
    public static FileSource Folder { get; } = new(null, 0, IsExecutable: false);

    /// <summary>A file.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileSource Of(FileInfo file) => new(file.FullName, file.Length, !OperatingSystem.IsWindows() && CanRun(file.FullName));

    /// <summary>Reads the file.</summary>
    /// <exception cref="RuntimeEnvException">It cannot be read, or is another length by now.</exception>
    public void ReadInto(Span<byte> bytes)
    {
        try
        {
            using FileStream file = new(Path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read < bytes.Length || file.ReadByte() >= 0)
            {
                throw new RuntimeEnvException($"The file {Path} of runtimeEnv was changed while it was read; it must stay as it is during the first call.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeEnvException($"The file {Path} of runtimeEnv cannot be read: {e.Message}", e);
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool CanRun(string path) =>
        (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
