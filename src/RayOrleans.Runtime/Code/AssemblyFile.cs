using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RayOrleans.Runtime.Code;

/// <summary>What a file says of the assembly in it, read without loading it.</summary>
/// <param name="Name">The simple name.</param>
/// <param name="Version">The version.</param>
/// <param name="Culture">The culture of resources; empty for code.</param>
/// <param name="ModuleVersionId">The id of the build.</param>
/// <param name="References">The simple names of the assemblies it uses.</param>
internal sealed record AssemblyFile(string Name, Version Version, string Culture, Guid ModuleVersionId, string[] References)
{
    /// <summary>Reads a file; null when there is no assembly in it.</summary>
    public static AssemblyFile? TryRead(string path)
    {
        try
        {
            using PEReader image = new(File.OpenRead(path));
            if (!image.HasMetadata)
            {
                return null;
            }

            MetadataReader metadata = image.GetMetadataReader();
            if (!metadata.IsAssembly)
            {
                return null;
            }

            AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
            return new AssemblyFile(
                metadata.GetString(assembly.Name),
                assembly.Version,
                metadata.GetString(assembly.Culture),
                metadata.GetGuid(metadata.GetModuleDefinition().Mvid),
                [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))]);
        }
        catch (BadImageFormatException)
        {
            // A native library, or no library at all.
            return null;
        }
    }
}
