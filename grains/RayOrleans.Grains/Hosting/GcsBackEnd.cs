using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace RayOrleans.Grains;

/// <summary>Where the shards of the GCS are kept. Tells no secrets, so silos may tell it each other.</summary>
/// <param name="Kind">In what.</param>
/// <param name="Name">The folder or container; null where there is none.</param>
internal sealed record GcsBackEnd(GcsBackEndKind Kind, string? Name)
{
    private const string MemoryWord = "memory";
    private const string FilePrefix = "file:";
    private const string PostgresWord = "postgres";
    private const string AzureWord = "azure";
    private const string AzurePrefix = "azure:";
    private const string DefaultContainer = "rayorleans";

    public static GcsBackEnd Memory { get; } = new(GcsBackEndKind.Memory, null);

    public static GcsBackEnd Postgres { get; } = new(GcsBackEndKind.Postgres, null);

    /// <summary>The folder of this machine that they are kept in; null: they are kept elsewhere.</summary>
    public string? Folder => Kind == GcsBackEndKind.File ? Name : null;

    /// <summary>Reads <c>memory</c>, <c>file:FOLDER</c>, <c>postgres</c>, <c>azure</c> or <c>azure:CONTAINER</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out GcsBackEnd? backEnd)
    {
        backEnd = text switch
        {
            MemoryWord => Memory,
            PostgresWord => Postgres,
            AzureWord => new GcsBackEnd(GcsBackEndKind.Azure, DefaultContainer),
            _ when text.StartsWith(FilePrefix, StringComparison.Ordinal) && text.Length > FilePrefix.Length => OfFolder(text[FilePrefix.Length..]),
            _ when text.StartsWith(AzurePrefix, StringComparison.Ordinal) && IsContainer(text[AzurePrefix.Length..]) => new GcsBackEnd(GcsBackEndKind.Azure, text[AzurePrefix.Length..]),
            _ => null,
        };
        return backEnd is not null;
    }

    /// <summary>A folder of this machine.</summary>
    public static GcsBackEnd OfFolder(string folder) => new(GcsBackEndKind.File, Path.GetFullPath(folder));

    /// <summary>
    /// A folder that belongs to one cluster on this machine. Its name is drawn, because a folder of an earlier cluster on the same port, which was
    /// killed, must not be taken for this one's; joiners are told it.
    /// </summary>
    public static GcsBackEnd OfPrimary(IPEndPoint primary) =>
        OfFolder(Path.Combine(Path.GetTempPath(), $"rayorleans-gcs-{primary.Port}-{Guid.NewGuid().ToString("N")[..8]}"));

    public override string ToString() => Kind switch
    {
        GcsBackEndKind.Memory => MemoryWord,
        GcsBackEndKind.File => FilePrefix + Name,
        GcsBackEndKind.Postgres => PostgresWord,
        _ => AzurePrefix + Name,
    };

    /// <summary>By the rules for containers' names.</summary>
    private static bool IsContainer(string name) =>
        name.Length is >= 3 and <= 63 && name.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-') && name[0] != '-' && name[^1] != '-'
        && !name.Contains("--", StringComparison.Ordinal);
}
