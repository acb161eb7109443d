using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Functions;

/// <summary>
/// How scopes are written: which variables follow, then these. Functions of one value may share a scope and use different parts of it;
/// what an earlier one wrote is not written again.
/// </summary>
internal static class ScopeForm
{
    private const byte New = 1;
    private const byte Known = 2;

    public static void WriteShell(WriteContext w, object scope)
    {
        if (w.TryFindOrAdd(scope, out int id))
        {
            w.WriteByte(Known);
            w.WriteCount(id);
        }
        else
        {
            w.WriteByte(New);
        }
    }

    public static void WriteContent(WriteContext w, object scope, ScopeShape shape)
    {
        w.WrittenCaptures ??= new Dictionary<object, HashSet<int>>(ReferenceEqualityComparer.Instance);
        if (!w.WrittenCaptures.TryGetValue(scope, out HashSet<int>? written))
        {
            w.WrittenCaptures.Add(scope, written = []);
        }

        var missing = new List<ScopeVariable>();
        foreach (ScopeVariable variable in shape.Variables)
        {
            if (written.Add(variable.Index) || variable.Outer is not null)
            {
                missing.Add(variable);
            }
        }

        w.WriteBits(shape.Layout.Hash);
        w.WriteCount(missing.Count);
        foreach (ScopeVariable variable in missing)
        {
            w.WriteCount(variable.Index);
            WriteVariable(w, scope, variable);
        }
    }

    public static object ReadShell(ReadContext r, ScopeLayout layout)
    {
        switch (r.ReadByte())
        {
            case New:
                int id = r.ReserveObject();
                object scope = layout.Allocate();
                r.Register(id, scope);
                return scope;
            case Known:
                object known = r.FindObject(r.ReadCount());
                return known.GetType() == layout.Type ? known : throw new CorruptValueException("captured variables of another scope");
            case byte other:
                throw new CorruptValueException($"tag {other} stands where captured variables are expected");
        }
    }

    public static void ReadContent(ReadContext r, object scope, ScopeLayout layout, FunctionTable table)
    {
        if (r.ReadBits<uint>() != layout.Hash)
        {
            throw new CorruptValueException("the captured variables are of another build");
        }

        for (int left = r.ReadElementCount(); left > 0; left--)
        {
            int index = r.ReadCount();
            if (index >= layout.Codecs.Length)
            {
                throw new CorruptValueException($"captured variable {index} of {layout.Codecs.Length}");
            }

            ReadVariable(r, scope, layout, index, table);
        }
    }

    private static void WriteVariable(WriteContext w, object scope, ScopeVariable variable)
    {
        try
        {
            if (variable.Outer is null)
            {
                variable.Codec.Write(w, ref RawObject.DataOf(scope));
                return;
            }
        }
        catch (Exception) when (w.Path.Note(variable.Codec.Name))
        {
            throw;
        }

        object? outer = variable.Codec.Get(ref RawObject.DataOf(scope));
        w.WriteByte(outer is null ? (byte)0 : (byte)1);
        if (outer is not null)
        {
            WriteShell(w, outer);
            WriteContent(w, outer, variable.Outer);
        }
    }

    private static void ReadVariable(ReadContext r, object scope, ScopeLayout layout, int index, FunctionTable table)
    {
        Type type = layout.Infos[index].FieldType;
        if (!CapturedFieldScanner.IsScope(type) || type.IsValueType)
        {
            layout.Codecs[index].Read(r, ref RawObject.DataOf(scope));
        }
        else if (r.ReadBool())
        {
            ScopeLayout outerLayout = table.LayoutOf(type);
            object outer = ReadShell(r, outerLayout);
            layout.Codecs[index].Set(ref RawObject.DataOf(scope), outer);
            ReadContent(r, outer, outerLayout, table);
        }
    }
}
