/* Loads the library that the argument names, and asks it for the plans: what a foreign program does, at its smallest. */
#include <stdint.h>
#include <stdio.h>

#ifdef _WIN32
#include <windows.h>
#define OPEN(path) ((void *)LoadLibraryA(path))
#define FIND(library, name) ((void *)GetProcAddress((HMODULE)(library), name))
#define WHY "see GetLastError"
#else
#include <dlfcn.h>
#define OPEN(path) dlopen(path, RTLD_NOW | RTLD_LOCAL)
#define FIND(library, name) dlsym(library, name)
#define WHY dlerror()
#endif

typedef struct { uint64_t capacity, length; uint8_t *data; } Buffer;
typedef struct { int8_t code; Buffer error; } Status;

int main(int count, char **arguments) {
    void *library = count == 2 ? OPEN(arguments[1]) : NULL;
    if (!library) {
        fprintf(stderr, "the library is not loaded: %s\n", WHY);
        return 1;
    }
    uint32_t (*version)(void) = FIND(library, "ffi_stablevps_ffi_uniffi_contract_version");
    Buffer (*plans)(Status *) = FIND(library, "uniffi_stablevps_ffi_fn_func_plans");
    if (!version || !plans) {
        fprintf(stderr, "the library does not offer its functions\n");
        return 1;
    }
    Status status = {0};
    Buffer buffer = plans(&status);
    if (status.code != 0) {
        fprintf(stderr, "the plans ended with %d\n", status.code);
        return 1;
    }
    printf("contract %u, plans of %llu bytes\n", version(), (unsigned long long)buffer.length);
    return buffer.length > 0 ? 0 : 1;
}
