using System.Buffers;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Code;

/// <summary>
/// A program's own files by content: what a node needs besides the framework and RayOrleans to run the program's functions. Its hash is that of its list of
/// files, so a changed program is another package, and the list is published as one more blob under that hash. Immutable.
/// </summary>
internal sealed class CodePackage
{
    private const byte Version = 1;
    private const int FileBytes = 4 + ContentHash.Length;

    private readonly byte[] _bytes;

    /// <summary>Makes a package of these files.</summary>
    public CodePackage(IEnumerable<CodeFile> files)
    {
        Files = [.. files.OrderBy(f => f.Kind).ThenBy(f => f.Culture, StringComparer.Ordinal).ThenBy(f => f.Name, StringComparer.Ordinal)];
        ArrayBufferWriter<byte> output = new();
        output.WriteByte(Version);
        output.WriteCount(Files.Count);
        foreach (CodeFile file in Files)
        {
            output.WriteByte((byte)file.Kind);
            output.WriteText(file.Name);
            output.WriteText(file.Culture);
            output.WriteBits(file.Hash);
            if (file.Kind == CodeFileKind.Assembly)
            {
                output.WriteBits(file.ModuleVersionId);
            }
        }

        _bytes = output.WrittenSpan.ToArray();
        Hash = Files.Count == 0 ? ContentHash.None : ContentHash.Of(_bytes);
    }

    /// <summary>The package's name; <see cref="ContentHash.None"/> when it has no files.</summary>
    public ContentHash Hash { get; }

    /// <summary>The files, sorted.</summary>
    public IReadOnlyList<CodeFile> Files { get; }

    /// <summary>The list of files as a blob.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a list of files.</summary>
    /// <exception cref="RaySerializationException">The bytes are no such list.</exception>
    public static CodePackage Read(ReadOnlySpan<byte> bytes)
    {
        WireReader reader = new(bytes);
        if (reader.ReadByte() != Version)
        {
            throw WireReader.Damaged("the list of a program's files is of another version of RayOrleans");
        }

        CodeFile[] files = new CodeFile[reader.ReadCount(FileBytes)];
        for (int i = 0; i < files.Length; i++)
        {
            CodeFileKind kind = reader.ReadEnum<CodeFileKind>();
            string name = reader.ReadRequiredText();
            string culture = reader.ReadRequiredText();
            if (!CodeFile.IsPlain(name) || (culture.Length > 0 && !CodeFile.IsPlain(culture)))
            {
                throw WireReader.Damaged("the name of a program's file");
            }

            files[i] = new CodeFile(kind, name, reader.ReadBits<ContentHash>(), kind == CodeFileKind.Assembly ? reader.ReadBits<Guid>() : default, culture);
        }

        reader.Finish();
        if (files.DistinctBy(f => (f.Kind, f.Culture.ToUpperInvariant(), f.Name.ToUpperInvariant())).Count() != files.Length)
        {
            throw WireReader.Damaged("a program has two files of one name");
        }

        return new CodePackage(files);
    }
}
