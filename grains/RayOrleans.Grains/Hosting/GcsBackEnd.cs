using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace RayOrleans.Grains;

/// <summary>Where the shards of the GCS are kept.</summary>
/// <param name="Folder">A folder of this machine; null: in the memory of the silos they live on.</param>
internal sealed record GcsBackEnd(string? Folder)
{
    private const string MemoryWord = "memory";
    private const string FilePrefix = "file:";

    public static GcsBackEnd Memory { get; } = new((string?)null);

    /// <summary>Reads <c>memory</c> or <c>file:FOLDER</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out GcsBackEnd? backEnd)
    {
        backEnd = text == MemoryWord ? Memory
            : text.StartsWith(FilePrefix, StringComparison.Ordinal) && text.Length > FilePrefix.Length ? new GcsBackEnd(Path.GetFullPath(text[FilePrefix.Length..]))
            : null;
        return backEnd is not null;
    }

    /// <summary>
    /// A folder that belongs to one cluster on this machine. Its name is drawn, because a folder of an earlier cluster on the same port, which was
    /// killed, must not be taken for this one's; joiners are told it.
    /// </summary>
    public static GcsBackEnd OfPrimary(IPEndPoint primary) =>
        new(Path.Combine(Path.GetTempPath(), $"rayorleans-gcs-{primary.Port}-{Guid.NewGuid().ToString("N")[..8]}"));

    public override string ToString() => Folder is null ? MemoryWord : FilePrefix + Folder;
}
