using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Serializers;

namespace RayOrleans.Serialization.Generated;

/// <summary>
/// Orleans' own serialisers for types marked with <c>[GenerateSerializer]</c>: one per assembly that declares such types, since the set of known types is
/// fixed when one is made. What Orleans does not know inside such types comes back to this library.
/// </summary>
internal sealed class GeneratedSerializers(ValueSerializer serializer)
{
    private readonly ConcurrentDictionary<Assembly, Lazy<ObjectSerializer>> _byAssembly = new();

    /// <summary>Whether Orleans has generated a codec for a type.</summary>
    public static bool IsGenerated(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    /// <summary>The serialiser that knows a type's assembly and what it references.</summary>
    public ObjectSerializer For(Type type) => _byAssembly.GetOrAdd(type.Assembly, a => new Lazy<ObjectSerializer>(() => Make(a))).Value;

    private ObjectSerializer Make(Assembly assembly)
    {
        var services = new ServiceCollection();
        services.AddSerializer(builder =>
        {
            foreach (Assembly part in PartsOf(assembly))
            {
                builder.AddAssembly(part);
            }
        });
        services.AddSingleton(serializer);
        services.AddSingleton<NestedValueCodec>();
        services.AddSingleton<IGeneralizedCodec>(s => s.GetRequiredService<NestedValueCodec>());
        services.AddSingleton<IGeneralizedCopier>(s => s.GetRequiredService<NestedValueCodec>());
        services.AddSingleton<ITypeFilter>(s => s.GetRequiredService<NestedValueCodec>());
        services.Configure<TypeManifestOptions>(o => o.AllowAllTypes = true);
        return services.BuildServiceProvider().GetRequiredService<ObjectSerializer>();
    }

    private List<Assembly> PartsOf(Assembly root)
    {
        var parts = new List<Assembly>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Collect(root, parts, seen);
        return parts;
    }

    private void Collect(Assembly assembly, List<Assembly> parts, HashSet<string> seen)
    {
        if (!seen.Add(assembly.GetName().Name!))
        {
            return;
        }

        if (assembly.IsDefined(typeof(TypeManifestProviderAttribute)))
        {
            parts.Add(assembly);
        }

        foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
        {
            if (!reference.Name!.StartsWith("System", StringComparison.Ordinal) && !reference.Name.StartsWith("Microsoft.", StringComparison.Ordinal)
                && serializer.Types.Assemblies.TryFind(reference.Name) is { } found)
            {
                Collect(found, parts, seen);
            }
        }
    }
}
