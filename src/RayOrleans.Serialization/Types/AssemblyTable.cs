using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Types;

/// <summary>Finds assemblies by simple name: in the load context, among those met before, in the default context.</summary>
internal sealed class AssemblyTable(AssemblyLoadContext? context)
{
    private readonly ConcurrentDictionary<string, Assembly> _known = new(StringComparer.Ordinal);

    /// <summary>Remembers where a type came from, so that values of it find the same assembly again.</summary>
    public void Add(Type type)
    {
        if (!type.Assembly.IsDynamic)
        {
            _known.TryAdd(type.Assembly.GetName().Name!, type.Assembly);
        }
    }

    public Type FindType(string assemblyName, string typeName)
    {
        Assembly assembly = Find(assemblyName);
        return assembly.GetType(typeName, throwOnError: false)
            ?? throw new CorruptValueException($"the type {typeName} is not in assembly {assemblyName} here");
    }

    /// <summary>The assembly of a simple name; null where there is none.</summary>
    public Assembly? TryFind(string name)
    {
        if (_known.TryGetValue(name, out Assembly? known))
        {
            return known;
        }

        return (Load(context, name) ?? Load(AssemblyLoadContext.Default, name)) is { } found ? _known.GetOrAdd(name, found) : null;
    }

    private Assembly Find(string name) => TryFind(name) ?? throw new CorruptValueException($"the assembly {name} cannot be loaded here");

    private static Assembly? Load(AssemblyLoadContext? context, string name)
    {
        try
        {
            return context?.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException)
        {
            return null;
        }
    }
}
