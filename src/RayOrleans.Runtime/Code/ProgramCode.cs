using System.Reflection;
using System.Runtime.Loader;

namespace RayOrleans.Runtime.Code;

/// <summary>
/// The program that this process runs, as a package; made when it is first needed, once, or again when a function comes from an assembly that was loaded since
/// from elsewhere. Thread-safe.
/// </summary>
internal sealed class ProgramCode(SharedAssemblies shared)
{
    private readonly Lock _lock = new();
    private volatile State? _state;

    /// <summary>The program of this process.</summary>
    public static ProgramCode OfProcess { get; } = new(SharedAssemblies.OfProcess);

    /// <summary>The program as far as functions were asked for; null: for none yet.</summary>
    public LocalProgram? Known => _state?.Program;

    /// <summary>The program, whose package contains an assembly of the default load context.</summary>
    /// <exception cref="RaySerializationException">The assembly has no file that could be sent.</exception>
    public LocalProgram Of(Assembly assembly)
    {
        if (_state is { } known && known.Names.Contains(assembly.GetName().Name!))
        {
            return known.Program;
        }

        if (assembly.Location.Length == 0)
        {
            throw new RaySerializationException(
                $"The code of {assembly.GetName().Name} cannot be sent to other nodes: it has no file of its own. A program that is published as a single file must be " +
                "published with IncludeAllContentForSelfExtract=true (besides PublishSingleFile=true), or as a folder.");
        }

        lock (_lock)
        {
            if (_state is not { } state || !state.Names.Contains(assembly.GetName().Name!))
            {
                _state = state = Make(assembly);
            }

            return state.Program;
        }
    }

    private State Make(Assembly assembly)
    {
        // What was loaded by path is not among what the host listed, but is as much a part of the program.
        string[] assemblies =
        [
            assembly.Location,
            .. ProgramFiles.Resolvable,
            .. AssemblyLoadContext.Default.Assemblies.Where(a => !a.IsDynamic).Select(a => a.Location).Where(l => l.Length > 0).Order(StringComparer.Ordinal),
        ];
        string[] own = [.. assemblies.Where(p => !shared.IsEverywhere(Path.GetFileNameWithoutExtension(p)) && !ProgramFiles.IsFramework(p) && File.Exists(p)).Distinct(StringComparer.Ordinal)];
        LocalProgram program = LocalProgram.Of([.. own, .. own.SelectMany(ProgramFiles.Satellites), .. ProgramFiles.Natives()]);
        return new State(program, program.Package.Files.Where(f => f.Kind == CodeFileKind.Assembly).Select(f => f.SimpleName).Append(assembly.GetName().Name!).ToHashSet(StringComparer.Ordinal));
    }

    private sealed record State(LocalProgram Program, HashSet<string> Names);
}
