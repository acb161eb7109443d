using System.Reflection;
using RayOrleans.Serialization.Fields;

namespace RayOrleans.Serialization.Functions;

/// <summary>The part of a scope's captured variables that one function uses.</summary>
internal sealed class ScopeShape
{
    private readonly ScopeVariable[] _variables;

    public ScopeShape(FunctionTable table, Type type, HashSet<(Module Module, int Token)> used)
    {
        Layout = table.LayoutOf(type);
        var variables = new List<ScopeVariable>();
        for (int i = 0; i < Layout.Infos.Length; i++)
        {
            FieldInfo field = Layout.Infos[i];
            if (used.Contains((field.Module, field.MetadataToken)))
            {
                ScopeShape? outer = CapturedFieldScanner.IsScope(field.FieldType) && !field.FieldType.IsValueType
                    ? new ScopeShape(table, field.FieldType, used)
                    : null;
                variables.Add(new ScopeVariable(i, Layout.Codecs[i], outer));
            }
        }

        _variables = [.. variables];
        Shareable = variables.TrueForAll(v => v.Outer?.Shareable ?? IsImmutable(Layout.Infos[v.Index].FieldType));
    }

    public ScopeLayout Layout { get; }

    public ReadOnlySpan<ScopeVariable> Variables => _variables;

    /// <summary>Whether nothing that is used can change after a shallow copy.</summary>
    public bool Shareable { get; }

    /// <summary>A copy of the used variables; the others stay empty.</summary>
    public object Copy(object scope)
    {
        object copy = Layout.Allocate();
        ref byte source = ref RawObject.DataOf(scope);
        ref byte target = ref RawObject.DataOf(copy);
        foreach (ScopeVariable variable in _variables)
        {
            if (variable.Outer is null)
            {
                variable.Codec.Copy(ref source, ref target);
            }
            else if (variable.Codec.Get(ref source) is { } outer)
            {
                variable.Codec.Set(ref target, variable.Outer.Copy(outer));
            }
        }

        return copy;
    }

    // The shared table of traits lives as long as the process, so types of unloadable code must not enter it.
    private static bool IsImmutable(Type type) => !type.IsCollectible && ValueTraits.IsImmutable(type);
}
