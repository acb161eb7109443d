using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace RayOrleans.Serialization.Functions;

/// <summary>
/// Finds the captured variables that a function uses: the fields of compiler-made scope classes that its body reads or writes, or that the compiler-made
/// methods it reaches do (local functions, nested lambdas, iterators and asynchronous state machines).
/// </summary>
internal sealed class CapturedFieldScanner
{
    private const BindingFlags Any =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly HashSet<(Module, int)> _methods = [];
    private readonly HashSet<Type> _machines = [];
    private readonly Queue<MethodBase> _pending = new();
    private readonly HashSet<(Module, int)> _fields = [];

    private CapturedFieldScanner()
    {
    }

    /// <summary>The used fields, as module and metadata token.</summary>
    public static HashSet<(Module Module, int Token)> Scan(MethodBase function)
    {
        var scanner = new CapturedFieldScanner();
        scanner.Visit(function);
        while (scanner._pending.TryDequeue(out MethodBase? next))
        {
            scanner.Read(next);
        }

        return scanner._fields;
    }

    /// <summary>Whether a class holds the captured variables of a scope.</summary>
    public static bool IsScope(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && (type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) || type.Name.StartsWith("_Closure$__", StringComparison.Ordinal));

    private void Visit(MethodBase method)
    {
        if (!_methods.Add((method.Module, method.MetadataToken)))
        {
            return;
        }

        _pending.Enqueue(method);
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } attribute)
        {
            VisitMachine(attribute.StateMachineType);
        }
    }

    private void VisitMachine(Type type)
    {
        Type definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        if (_machines.Add(definition))
        {
            foreach (MethodInfo method in definition.GetMethods(Any))
            {
                Visit(method);
            }
        }
    }

    private void Read(MethodBase method)
    {
        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach ((OperandType kind, int token) in IlReader.Tokens(method))
        {
            if (kind == OperandType.InlineType || Resolve(method.Module, token, typeArguments, methodArguments) is not { } member)
            {
                continue;
            }

            switch (member)
            {
                case FieldInfo { IsStatic: false, DeclaringType: { } owner } field:
                    _fields.Add((field.Module, field.MetadataToken));
                    VisitIfMachine(owner);
                    break;
                case MethodBase { DeclaringType: { } owner } callee:
                    VisitIfMachine(owner);
                    if (IsCompilerMade(callee, owner))
                    {
                        Visit(callee is MethodInfo { IsConstructedGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : callee);
                    }

                    break;
            }
        }
    }

    private void VisitIfMachine(Type owner)
    {
        if (typeof(IAsyncStateMachine).IsAssignableFrom(owner)
            || (typeof(System.Collections.IEnumerator).IsAssignableFrom(owner) && owner.IsDefined(typeof(CompilerGeneratedAttribute), false)))
        {
            VisitMachine(owner);
        }
    }

    private static bool IsCompilerMade(MethodBase method, Type owner) =>
        (method.Name.Length > 0 && method.Name[0] == '<')
        || (method.Name.StartsWith("_Lambda$__", StringComparison.Ordinal))
        || (owner.Name[0] == '<' && owner.IsDefined(typeof(CompilerGeneratedAttribute), false));

    private static MemberInfo? Resolve(Module module, int token, Type[]? typeArguments, Type[]? methodArguments)
    {
        try
        {
            return module.ResolveMember(token, typeArguments, methodArguments);
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or IOException or MissingMemberException or BadImageFormatException)
        {
            // A member that cannot be found here (an optional dependency, say) is not a captured variable of this program.
            return null;
        }
    }
}
