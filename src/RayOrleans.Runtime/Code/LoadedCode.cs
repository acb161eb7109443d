using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Code;

/// <summary>A program's code in this process, and what knows its types: everything that is remembered about them is in here, so that it goes with it.</summary>
internal sealed class LoadedCode
{
    /// <summary>Code of the default load context.</summary>
    public LoadedCode(NodeServices node, ContentHash package, LocalProgram? program = null)
    {
        Package = package;
        Program = program;
        Serializer = node.Serializer;
        Functions = node.Functions;
        Calls = new CallCodec(node, Serializer);
    }

    /// <summary>Code of a context of its own.</summary>
    public LoadedCode(NodeServices node, CodeContext context)
    {
        Package = context.Package;
        Program = context.Program;
        Context = context;
        Serializer = new ValueSerializer(new ValueSerializerOptions { LoadContext = context });
        Functions = new FunctionTable(this);
        Calls = new CallCodec(node, Serializer);
        context.Code = this;
    }

    /// <summary>The shipped code that a type is of, or one of its type arguments; null: none.</summary>
    public static LoadedCode? Of(NodeServices node, Type type) => CodeContext.Of(type) is { } context ? context.Code ?? new LoadedCode(node, context) : null;

    /// <summary>The package; <see cref="ContentHash.None"/> for what every node has.</summary>
    public ContentHash Package { get; }

    /// <summary>Its files on this machine; null: it was not loaded from elsewhere.</summary>
    public LocalProgram? Program { get; }

    /// <summary>Where the code is; null: in the default load context.</summary>
    public CodeContext? Context { get; }

    /// <summary>Values of the code's types.</summary>
    public ValueSerializer Serializer { get; }

    /// <summary>The code's functions that were called.</summary>
    public FunctionTable Functions { get; }

    /// <summary>Calls of the code's functions.</summary>
    public CallCodec Calls { get; }
}
